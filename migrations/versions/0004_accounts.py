"""Second factors, API keys, signing keys, one-time links, teams, and mails.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")


def _moment(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=_NOW if now else None, nullable=not now)


def _user_id(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{table}_user_id", ondelete="CASCADE"),
    )


def upgrade() -> None:
    op.add_column("users", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("users", _moment("totp_confirmed_at"))
    op.add_column("users", sa.Column("totp_last_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("ck_users_totp_confirmed"), "users", "totp_confirmed_at IS NULL OR totp_secret IS NOT NULL")

    op.add_column("sign_in_sessions", _moment("authenticated_at", now=True))
    op.add_column("sign_in_sessions", _moment("last_used_at", now=True))
    op.add_column("sign_in_sessions", sa.Column("ip_address", postgresql.INET(), nullable=True))
    op.add_column("sign_in_sessions", sa.Column("user_agent", sa.String(300), nullable=True))
    op.add_column("refresh_tokens", sa.Column("successor", sa.LargeBinary(), nullable=True))

    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(32), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=True),
        _moment("created_at", now=True),
        _moment("retired_at"),
        _moment("verifies_until"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("key_id", name=op.f("uq_signing_keys_key_id")),
    )
    op.create_table(
        "attempt_counts",
        sa.Column("subject", sa.LargeBinary(32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _moment("started_at", now=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_attempt_counts")),
    )
    op.create_index("ix_attempt_counts_started", "attempt_counts", ["started_at"])
    op.create_table(
        "mfa_challenges",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        *_user_id("mfa_challenges"),
        _moment("created_at", now=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _moment("used_at"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mfa_challenges")),
    )
    op.create_index(op.f("ix_mfa_challenges_user_id"), "mfa_challenges", ["user_id"])
    op.create_table(
        "recovery_codes",
        *_user_id("recovery_codes"),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        _moment("created_at", now=True),
        _moment("used_at"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_user_id("api_keys"),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(32), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.String(24)), nullable=False),
        _moment("created_at", now=True),
        _moment("expires_at"),
        _moment("last_used_at"),
        _moment("revoked_at"),
        sa.CheckConstraint("cardinality(scopes) > 0", name=op.f("ck_api_keys_scopes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
    )
    op.create_index(op.f("ix_api_keys_user_id"), "api_keys", ["user_id"])
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        *_user_id("one_time_links"),
        sa.Column("purpose", sa.String(24), nullable=False),
        _moment("created_at", now=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _moment("used_at"),
        sa.CheckConstraint("purpose IN ('INVITATION', 'PASSWORD_RESET')", name=op.f("ck_one_time_links_purpose")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_links")),
    )
    op.create_index(op.f("ix_one_time_links_user_id"), "one_time_links", ["user_id"])
    op.create_table(
        "external_identities",
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        *_user_id("external_identities"),
        _moment("created_at", now=True),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identities")),
    )
    op.create_index(op.f("ix_external_identities_user_id"), "external_identities", ["user_id"])
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        _moment("created_at", now=True),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
    )
    op.create_index("uq_teams_name_lower", "teams", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        *_user_id("team_members"),
        _moment("created_at", now=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_members_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name=op.f("pk_team_members")),
    )
    op.create_index("ix_team_members_user", "team_members", ["user_id"])
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        _moment("created_at", now=True),
        _moment("sent_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
    )


def downgrade() -> None:
    for table in (
        "mails",
        "team_members",
        "teams",
        "external_identities",
        "one_time_links",
        "api_keys",
        "recovery_codes",
        "mfa_challenges",
        "attempt_counts",
        "signing_keys",
    ):
        op.drop_table(table)
    op.drop_column("refresh_tokens", "successor")
    for column in ("user_agent", "ip_address", "last_used_at", "authenticated_at"):
        op.drop_column("sign_in_sessions", column)
    op.drop_constraint(op.f("ck_users_totp_confirmed"), "users", type_="check")
    for column in ("totp_last_step", "totp_confirmed_at", "totp_secret"):
        op.drop_column("users", column)
