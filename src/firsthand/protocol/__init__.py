"""The language that a person's vault and an organisation's hub both speak.

Below: nothing but the standard library and a few libraries that compute.
Above: foundation, vault, hub, app, town and cli, which all stand on it.
It is pure: no input or output, no clock, no chance, no framework. What varies comes in as an
argument.
"""
