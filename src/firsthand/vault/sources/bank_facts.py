"""What a person should know before they ask their bank for their statements."""

from firsthand.vault.sources.source import Facts

BANK = Facts(
    name="Your bank",
    files=("*.csv", "*.ofx", "*.qfx", "*.sta", "*.mt940", "*.xml (CAMT.053)"),
    how=(
        "Sign in to your bank in a browser: apps seldom offer it.",
        "Open the account and look for export, download or statements.",
        "Choose the longest time it offers, and CAMT.053, MT940 or OFX before CSV.",
        "Do the same for each account and each card.",
    ),
    holds="Every payment out of and into the account: day, amount, who, and what was written.",
    finds="What you pay for again and again, what has become dearer, and what you had forgotten.",
    wait="at once",
    days_max=31,
)
