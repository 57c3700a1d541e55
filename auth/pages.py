"""The pages of people: their blueprints, put together for the app."""

from flask import Blueprint

from auth import web, web_factor, web_officers, web_staff


def blueprints() -> tuple[Blueprint, ...]:
    """Every blueprint of this package."""
    return web.bp, web_factor.bp, web_officers.bp, web_staff.bp
