"""All tables in one place, so that Alembic sees them."""

from sqlmodel import SQLModel

import todo_backend.accounts.models
import todo_backend.idempotency.models
import todo_backend.labels.models
import todo_backend.projects.models
import todo_backend.suggestions.models
import todo_backend.sweeps.models
import todo_backend.tasks.models  # noqa: F401  (imported for its tables)

metadata = SQLModel.metadata
