-- The two roles and the database of Tonus. Run once by a superuser with psql, on any PostgreSQL 17 or newer; running it
-- again changes nothing. `make run` runs it, the PostgreSQL image of docker-compose.yml does, and so do you on a server
-- of your own:   TONUS_OWNER_PASSWORD=… TONUS_APP_PASSWORD=… psql -d postgres -f deploy/postgres/roles.sql
--
--   tonus_owner   owns every table: migrations, the catalogue loader, pg_dump. Sees all clinics.
--   tonus_app     the web and the workers: owns nothing, so row-level security binds it.
\set ON_ERROR_STOP on
\getenv owner_password TONUS_OWNER_PASSWORD
\getenv app_password TONUS_APP_PASSWORD

SELECT 'CREATE ROLE tonus_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tonus_owner') \gexec
SELECT 'CREATE ROLE tonus_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tonus_app') \gexec
ALTER ROLE tonus_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE CREATEDB;  -- CREATEDB: test databases, restores
ALTER ROLE tonus_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
GRANT tonus_app TO tonus_owner;  -- so that tests act as the app role (SET ROLE)

-- Passwords, where roles sign in over a network. On a private socket they need none. (Not logged: see the server's settings.)
\if :{?owner_password}
SET log_statement = 'none';
ALTER ROLE tonus_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
SET log_statement = 'none';
ALTER ROLE tonus_app PASSWORD :'app_password';
\endif

-- C.UTF-8 for letters: with plain C, PostgreSQL sees no letters in Bengali and Hindi and the name search finds nobody.
SELECT 'CREATE DATABASE tonus OWNER tonus_owner TEMPLATE template0 ENCODING ''UTF8'''
    ' LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8'' LC_CTYPE ''C.UTF-8'' LC_COLLATE ''C'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'tonus') \gexec

\connect tonus
REVOKE ALL ON DATABASE tonus FROM PUBLIC;
GRANT CONNECT ON DATABASE tonus TO tonus_app;
GRANT USAGE ON SCHEMA public TO tonus_app;
-- What the owner makes from now on, the app may use; what it may see in it is for the policies to say.
ALTER DEFAULT PRIVILEGES FOR ROLE tonus_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tonus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE tonus_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO tonus_app;
ALTER DEFAULT PRIVILEGES FOR ROLE tonus_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO tonus_app;
