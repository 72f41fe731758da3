"""What things of each kind say: listening, sport, appointments, orders, places and all the rest.

Above: `sense`, which adds what payments and views say. `gathering` keeps a few figures of each
thing and asks one module for each kind of finding; `rows` are those figures, `telling` the words.
"""
