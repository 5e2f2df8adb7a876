"""The full-text index, in the language of the database in use. It is empty; `rebuild` fills it where records stand already."""

from django.db import migrations

from ringwall.search.engines.choice import engine_of


def create(apps, schema_editor):
    for statement in engine_of(schema_editor.connection.vendor).create:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in engine_of(schema_editor.connection.vendor).drop:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
