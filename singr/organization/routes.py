"""The organization's rows of the route table."""

from __future__ import annotations

from singr.core.errors import AuthorizationDenied, Conflict, NotFound
from singr.core.paging import Page
from singr.core.permissions import Permission
from singr.http.guard import PUBLIC, holds
from singr.http.route import MANAGING, Route
from singr.identity.forms import Told
from singr.identity.links import LinkInvalid
from singr.infra.limits import Rate
from singr.organization import invitations, members, organization
from singr.organization.rules import OwnerProtected
from singr.organization.shapes import Accept, ChangeMember, ChangeOrganization, Invite, Member, Organization

READ, WRITE = holds(Permission.ORGANIZATION_READ), holds(Permission.ORGANIZATION_WRITE)

ROUTES = (
    Route("GET", "/v1/customer/organization", organization.show,
          may=READ, rate=MANAGING, returns=Organization),
    Route("PATCH", "/v1/customer/organization", organization.change,
          may=WRITE, rate=MANAGING, body=ChangeOrganization, returns=Organization),
    Route("GET", "/v1/customer/organization/users", members.list_members,
          may=READ, rate=MANAGING, returns=Page[Member]),
    Route("POST", "/v1/customer/organization/users", invitations.invite,
          may=WRITE, rate=Rate(30, per_s=3600, by="organization"), body=Invite, returns=Member, status=201,
          replay=True, raises=(Conflict,), aliases=("/v1/customer/organization/invite",)),
    Route("PATCH", "/v1/customer/organization/users/{member_id}", members.change,
          may=WRITE, rate=MANAGING, body=ChangeMember, returns=Member,
          raises=(NotFound, OwnerProtected, AuthorizationDenied)),
    Route("DELETE", "/v1/customer/organization/users/{member_id}", members.remove,
          may=WRITE, rate=MANAGING, status=204, raises=(NotFound, OwnerProtected, AuthorizationDenied)),
    Route("POST", "/v1/auth/invitations/accept", invitations.accept,
          may=PUBLIC, rate=Rate(10, per_s=3600, by="address"), body=Accept, returns=Told, raises=(LinkInvalid,)),
)  # fmt: skip
