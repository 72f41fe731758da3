"""What both sides stand on: clock, ids, keys, settings, the one way out, journals and the web kit.

Above: the vault, the hub, the app, the town and the commands. Below: `firsthand.protocol`, the
language both sides speak. Nothing here knows what a vault or a hub is for.
"""
