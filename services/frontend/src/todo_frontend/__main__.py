"""`python -m todo_frontend` serves the pages."""

from todo_frontend.app import create_app
from todo_frontend.settings import FrontendSettings
from todo_kit.server import serve

if __name__ == "__main__":
    serve(create_app, FrontendSettings, service="frontend")
