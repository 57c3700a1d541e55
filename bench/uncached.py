"""The application without its ready pages: what one page costs to make."""

from app import create_app

app = create_app()
app.config["PAGE_CACHE"] = False
