"""The two keys of a petition: one for identities and names, one for contacts (TRUST rule 2)."""

from core.crypto import keyed_hash, new_key, seal, unseal
from core.refusal import Refusal
from core.work import Work
from petitions.models.petition import PetitionKeys


def create_keys(w: Work, petition_id: int) -> None:
    """Make a petition's keys, wrapped; they exist before the first joiner or signer does."""
    w.session.add(
        PetitionKeys(
            petition_id=petition_id,
            identity=w.keys.wrap(new_key(), place_of(petition_id, "identity")),
            contact=w.keys.wrap(new_key(), place_of(petition_id, "contact")),
        )
    )
    # At once, so that a rotation of the wrapping key sees the row before it drops the old one.
    w.session.flush()


def place_of(petition_id: int, name: str) -> str:
    """What a wrapped key is bound to."""
    return f"petition_keys|{petition_id}|{name}"


def identity_key(w: Work, petition_id: int) -> bytes:
    """The key of uids and names. Refusal `gone` once it is destroyed."""
    return _key(w, petition_id, "identity")


def contact_key(w: Work, petition_id: int) -> bytes:
    """The key of contacts. Refusal `gone` once it is destroyed."""
    return _key(w, petition_id, "contact")


def person_uid(w: Work, petition_id: int, scheme: str, normalised: str) -> bytes:
    """`HMAC-SHA256(K_id, "v1|scheme|" + id)`: one person, one row, not to be linked across petitions."""
    return uid_under(identity_key(w, petition_id), scheme, normalised)


def uid_under(key: bytes, scheme: str, normalised: str) -> bytes:
    """The same under a key at hand, for many people at once."""
    return keyed_hash(key, f"v1|{scheme}|{normalised}")


def seal_field(key: bytes, text: str, petition_id: int, signature_id: int, column: str) -> bytes:
    """Encrypt one column of one signature."""
    return seal(key, text.encode(), _place(petition_id, signature_id, column))


def open_field(key: bytes, sealed: bytes, petition_id: int, signature_id: int, column: str) -> str:
    """Decrypt one column of one signature."""
    return unseal(key, sealed, _place(petition_id, signature_id, column)).decode()


def _place(petition_id: int, signature_id: int, column: str) -> str:
    return f"signatures|{petition_id}.{signature_id}|{column}"


def opened(w: Work, wrapped: bytes | None, petition_id: int, name: str) -> bytes:
    """The key that was read of a petition, unwrapped; it is never kept. Refusal `gone` once it is destroyed."""
    if wrapped is None:
        raise Refusal("gone")
    return w.keys.unwrap(wrapped, place_of(petition_id, name))


def _key(w: Work, petition_id: int, name: str) -> bytes:
    row = w.session.get(PetitionKeys, petition_id)
    return opened(w, getattr(row, name, None), petition_id, name)
