"""The stores, by name. A new one: a file with a subclass of Store, and a line here."""
from . import anchorhold, chroma, lance, postgres, sqlite_vec

ALL = {
    "anchorhold": anchorhold.Anchorhold,
    "anchorhold-text": anchorhold.AnchorholdText,
    "postgres": postgres.Postgres,
    "chroma": chroma.Chroma,
    "lancedb": lance.Lance,
    "sqlite-vec": sqlite_vec.OneFile,
    "sqlite-vec-files": sqlite_vec.FilePerTenant,
}
