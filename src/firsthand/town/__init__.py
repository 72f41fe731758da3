"""A sample town: people and two organisations that live by the public protocol, for ever.

Above: the command `firsthand up --town`. Below: the app, which opens vaults. The town does nothing
that others could not: it drives vaults by the acts that commands call, it makes and serves the
organisations by running `firsthand hub ...`, and people meet them by HTTP alone.
Everything in it is invented: people, titles, shops, prices.
"""
