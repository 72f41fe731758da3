"""What each role says on the wire, and the rules that both sides run.

Above: the vault's and the organisation's halves of the same names. Below: nothing but the
protocol's own words. Roles do not know each other.
"""
