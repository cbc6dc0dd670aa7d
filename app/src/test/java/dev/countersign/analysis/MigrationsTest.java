package dev.countersign.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.call.Operation;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes a database is called so, also where only the name of a task says it. */
final class MigrationsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "python3 manage.py migrate",
                "./manage.py migrate",
                "python3 manage.py flush --noinput",
                "npm run migrate",
                "npm run db:migrate",
                "yarn migrate",
                "pnpm run db:push",
                "bun run migrate",
                "rails db:migrate",
                "python3 -m alembic upgrade head",
                "alembic upgrade head",
                "flyway migrate",
                "prisma migrate deploy",
                "pnpm prisma migrate dev",
                "knex migrate:latest",
                "dbmate up",
                "php artisan migrate",
                "php artisan migrate:fresh",
                "bin/console doctrine:migrations:migrate",
                "mix ecto.migrate",
                "sqitch deploy",
                "npx sequelize-cli db:migrate",
                "mvn flyway:migrate",
                "gradle flywayMigrate",
                "make migrate",
                "cargo sqlx migrate run",
                "aerich upgrade",
                "yoyo apply",
                "vendor/bin/phinx migrate",
                "./scripts/migrate.sh",
                "python scripts/migrate_users.py"
            })
    void changesTheDatabase(String command) {
        assertThat(tags(command)).contains("database");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "npm install db-migrate",
                "pip install alembic",
                "pnpm prisma generate",
                "rails generate migration AddX",
                "php artisan make:migration x",
                "python3 manage.py makemigrations",
                "./deploy.sh -- migrate",
                "python3 report.py",
                "npm run build:docs"
            })
    void leavesTheDatabaseAlone(String command) {
        assertThat(tags(command)).doesNotContain("database");
    }

    private static Set<String> tags(String command) {
        Set<String> tags = new TreeSet<>();
        for (Operation operation : Fixture.operations(command)) {
            tags.addAll(operation.tags());
        }
        return tags;
    }
}
