"""The protocol's routes: what persons' vaults and the organisation's own systems call.

Above: the app, which mounts them beside the pages. Below: the acts and the intake. Nothing here
decides anything: a door reads with limits, checks the signature, and says what came of it.
"""
