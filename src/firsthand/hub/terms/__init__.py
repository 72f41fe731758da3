"""Who the organisation is, whom it knows, and under which agreements.

Above: ``reads`` and everything that takes or shows a person's data. Below: the tables of the
foundation. Functions here work on a transaction or a snapshot that comes in; none of them commits.
"""
