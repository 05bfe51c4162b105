-- Devices, who may see them, and the codes that pair them.
CREATE TABLE devices (
    id {identity},
    device_id TEXT NOT NULL UNIQUE,
    device_name TEXT NOT NULL,
    device_type TEXT NOT NULL,
    public_key TEXT,
    allow_unverified BIGINT NOT NULL DEFAULT 0,
    room TEXT,
    presence TEXT,
    is_online BIGINT NOT NULL DEFAULT 0,
    last_seen BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE device_ownership (
    id {identity},
    user_id BIGINT NOT NULL REFERENCES users (id),
    device_id BIGINT NOT NULL REFERENCES devices (id),
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, device_id)
);
CREATE INDEX ix_device_ownership_device ON device_ownership (device_id);

CREATE TABLE pairing_codes (
    id {identity},
    device_id BIGINT NOT NULL REFERENCES devices (id),
    code TEXT NOT NULL UNIQUE,
    is_used BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX ix_pairing_codes_device ON pairing_codes (device_id);
