//! What the product can do, one service a noun. Every verb takes `&TenantScope` first; services know no HTTP.

pub mod analyst;
