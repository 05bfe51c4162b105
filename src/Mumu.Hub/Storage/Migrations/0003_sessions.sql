-- Watch sessions with their end, and the audit log.
CREATE TABLE watch_sessions (
    id {identity},
    session_id TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id),
    device_id BIGINT NOT NULL REFERENCES devices (id),
    camera TEXT,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    ended_reason TEXT
);
CREATE INDEX ix_watch_sessions_status ON watch_sessions (status);
CREATE INDEX ix_watch_sessions_device ON watch_sessions (device_id);

CREATE TABLE audit_log (
    id {identity},
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    user_id BIGINT,
    device_id TEXT,
    address TEXT,
    detail TEXT
);
CREATE INDEX ix_audit_log_at ON audit_log (at);
