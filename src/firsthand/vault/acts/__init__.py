"""What commands, pages and the sample town call: one plain function for each thing to do.

Above: the commands, the app, the town and the pages. Below: the roles, the inbox and the gate,
then bringing, sense and terms, then the store. Each function takes the opened vault first (or a
folder, or files, where there is none yet) and returns values that can be written as JSON: exactly
what `--json` prints.
"""
