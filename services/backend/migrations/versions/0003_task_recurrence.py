"""Tasks keep how they repeat.

The column is nullable and has no default, so it is added without rewriting the table, and the previous
release, which does not know it, keeps working.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "tasks", sa.Column("recurrence", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("tasks", "recurrence")
