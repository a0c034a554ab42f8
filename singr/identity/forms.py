"""What people fill in about themselves, and what they are told (design: api.md, "Shapes that clients rely on")."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from singr.identity.policy import SINGER_MIN_LENGTH
from singr.identity.shapes import Password

# Addresses that every mail server understands: RFC 5321 without quoted and international local parts.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
ADDRESS = rf"^{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+\Z"
NewEmail = Annotated[str, Meta(max_length=254, pattern=ADDRESS)]
NewPassword = Annotated[str, Meta(min_length=SINGER_MIN_LENGTH, max_length=256)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Business = Annotated[str, Meta(min_length=1, max_length=255)]
Zone = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+/-]+\Z")]
Phone = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{6,14}\Z")]
Code = Annotated[str, Meta(min_length=6, max_length=40)]
OneUse = Annotated[str, Meta(min_length=1, max_length=200)]


class Customer(Struct, rename="camel", forbid_unknown_fields=True):
    legal_business_name: Business | None = None
    contact_email: NewEmail | None = None
    timezone: Zone = "UTC"


class Singer(Struct, rename="camel", forbid_unknown_fields=True):
    nickname: Name | None = None


class ConfirmPassword(Struct, rename="camel", forbid_unknown_fields=True):
    password: Password


class ConfirmCode(Struct, rename="camel", forbid_unknown_fields=True):
    code: Code


class Register(Struct, rename="camel", forbid_unknown_fields=True):
    email: NewEmail
    password: NewPassword
    account_type: Literal["singer", "customer"]
    name: Name | None = None
    customer: Customer | None = None
    singer: Singer | None = None


class RegisterSinger(Struct, rename="camel", forbid_unknown_fields=True):
    email: NewEmail
    password: NewPassword
    name: Name | None = None
    nickname: Name | None = None


class Token(Struct, rename="camel", forbid_unknown_fields=True):
    """A token that came by mail; elsewhere than in the browser that asked for the mail the account's password, too."""

    token: OneUse
    password: Password | None = None


class Forgot(Struct, rename="camel", forbid_unknown_fields=True):
    email: NewEmail


class Reset(Struct, rename="camel", forbid_unknown_fields=True):
    token: OneUse
    password: NewPassword


class ChangePassword(Struct, rename="camel", forbid_unknown_fields=True):
    current_password: Password
    new_password: NewPassword


class ChangeEmail(Struct, rename="camel", forbid_unknown_fields=True):
    new_email: NewEmail
    password: Password


class DeleteAccount(Struct, rename="camel", forbid_unknown_fields=True):
    """`deleteOrganization` has to be said by whoever owns one: its venues and songs go too."""

    password: Password
    delete_organization: bool = False


class ChangeProfile(Struct, rename="camel", forbid_unknown_fields=True):
    """What is left out stays as it is."""

    name: Name | UnsetType = UNSET
    display_name: Name | UnsetType | None = UNSET
    phone_number: Phone | UnsetType | None = UNSET


class Told(Struct, rename="camel"):
    """A sentence for people."""

    message: str
