"""Names, media types, paths and limits that both sides must agree on.

The protocol page (``spec/protocol.md``) is written from these values.
"""

from __future__ import annotations

VERSION = "1"

# Where things are. All paths hang below the organisation's published URL.
PATH_DISCOVERY = "/.well-known/firsthand"
PATH_MYTERMS = "/.well-known/myterms.json"
PATH_TERMS = "/terms"
PATH_INVITES = "/v1/invites"
PATH_AGREEMENTS = "/v1/agreements"
PATH_SIGNALS = "/v1/signals"
PATH_INBOX = "/v1/inbox"
PATH_REVOCATIONS = "/v1/revocations"
PATH_ERASURES = "/v1/erasures"
PATH_CHANGES = "/v1/changes"
PATH_CATALOGUES = "/v1/catalogues"
PATH_FACTS = "/v1/facts"
PATH_KEYS = "/v1/keys"
PATH_LOG = "/v1/log"
PATH_LOG_CONSISTENCY = "/v1/log/consistency"
PATH_RIGHTS = "/v1/rights"
PATH_READS = "/v1/reads"

# What is sent.
TYPE_BATCH = "application/cloudevents-batch+json"
TYPE_JSON = "application/json"
TYPE_JOSE = "application/jose"
TYPE_PROBLEM = "application/problem+json"

# `typ` of each signed statement (RFC 7515, section 4.1.9).
TYP_DISCOVERY = "firsthand-organisation+jwt"
TYP_AGREEMENT = "firsthand-agreement+jwt"
TYP_ANSWER = "firsthand-answer+jwt"
TYP_MESSAGE = "firsthand-message+jwt"
TYP_REVOCATION = "firsthand-revocation+jwt"
TYP_ERASURE = "firsthand-erasure+jwt"
TYP_CHANGE = "firsthand-change+jwt"
TYP_KEY = "firsthand-key+jwt"
TYP_RIGHT = "firsthand-right+jwt"
TYP_READS = "firsthand-reads+jwt"
TYP_LOG = "firsthand-log+jwt"

# Types of messages that are about the agreement itself.
TYPE_AGREEMENT_CHANGED = "firsthand.agreement.changed"
TYPE_RIGHT_CHANGED = "firsthand.right.changed"  # where a request by right stands
TYPE_TAKEN_BACK = "firsthand.message.taken_back"  # in the place of what stood on data that is gone

# What a signature must cover (RFC 9421, our profile).
COVERED_BATCH = ("@method", "@target-uri", "content-digest", "content-type", "firsthand-batch")
COVERED_BODY = ("@method", "@target-uri", "content-digest", "content-type")
COVERED_BARE = ("@method", "@target-uri")
SKEW_S_MAX = 300
WAIT_S_MAX = 30 * 24 * 3600

# Limits of one request.
BATCH_EVENTS_MAX = 1000
BATCH_BYTES_MAX = 4 * 1024 * 1024
STATEMENT_BYTES_MAX = 64 * 1024
CATALOGUE_BYTES_MAX = 4 * 1024 * 1024
CATALOGUE_ITEMS_MAX = 10_000
MESSAGES_MAX = 100
KEYS_MAX = 256
READS_TOLD_MAX = 500
DETAILS_CHARS_MAX = 4_000
LOG_BYTES_MAX = 256 * 1024 * 1024
SALT_BYTES = 16
LANE_CHARS_MAX = 32
