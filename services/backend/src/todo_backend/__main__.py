"""`python -m todo_backend` serves the API."""

from todo_backend.app import create_app
from todo_backend.settings import Settings
from todo_kit.server import serve

if __name__ == "__main__":
    serve(create_app, Settings, service="backend")
