//! The table: every key with its help, its type (which is its parser) and its default.

use std::net::IpAddr;
use std::path::PathBuf;

use secrecy::SecretString;

use super::ConfigError;
use super::sources::Values;
use super::values::{
    Count, Days, Environment, HttpUrl, List, LogFormat, MetricsFrom, Minutes, Origin, Provider, Seconds, Setting,
    SmtpTls, StoreKind,
};

/// One row of the documentation.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub name: &'static str,
    pub section: &'static str,
    pub help: &'static str,
    /// Empty: not set.
    pub default: &'static str,
    pub allowed: &'static str,
    /// Never echoed, and not accepted as a flag: a command line is readable by every process of the machine.
    pub secret: bool,
}

macro_rules! settings {
    ($($(#[doc = $about:literal])* $section:ident: $Section:ident {
        $($(#[doc = $help:literal])* $field:ident: $type:ty = $key:ident($default:literal);)*
    })*) => {
        $(
            $(#[doc = $about])*
            #[derive(Debug, Clone)]
            pub struct $Section { $($(#[doc = $help])* pub $field: $type,)* }
        )*

        /// Everything an operator can set, parsed.
        #[derive(Debug, Clone)]
        pub struct Settings { $($(#[doc = $about])* pub $section: $Section,)* }

        /// Every key, in the order of the documentation.
        pub const KEYS: &[Key] = &[$($(Key {
            name: stringify!($key),
            section: stringify!($section),
            help: concat!($($help),*),
            default: $default,
            allowed: <$type as Setting>::ALLOWED,
            secret: <$type as Setting>::SECRET,
        },)*)*];

        impl Settings {
            pub(super) fn read(values: &Values) -> Result<Self, ConfigError> {
                Ok(Self { $($section: $Section { $($field: values.parse(stringify!($key), $default)?,)* },)* })
            }
        }
    };
}

settings! {
    /// The process.
    server: Server {
        /// `production` refuses weak secrets, `*` as CORS origin and private targets.
        environment: Environment = ENVIRONMENT("development");
        /// Where the embedded store and generated secrets live.
        data_dir: PathBuf = DATA_DIR("data");
        /// What to log: a level or `tracing` directives such as `info,watchkeeper=debug`.
        log: String = LOG("info");
        /// How log lines look.
        log_format: LogFormat = LOG_FORMAT("text");
    }
    /// How the server is reached.
    http: Http {
        /// Address to listen on.
        host: IpAddr = HOST("127.0.0.1");
        /// Port to listen on; 0 takes a free one.
        port: u16 = PORT("8000");
        /// Where people reach the dashboard; links in messages start with it. Absent: the listening address.
        frontend_url: Option<HttpUrl> = FRONTEND_URL("");
        /// Origins of other sites that may call the API from a browser, separated by commas.
        cors_origins: List<Origin> = CORS_ORIGINS("");
        /// Whether `X-Forwarded-For` and `X-Forwarded-Proto` come from a proxy of ours; otherwise anyone could write them.
        trust_proxy: bool = TRUST_PROXY("false");
        /// Threads that serve requests; absent: one per core.
        workers: Option<Count> = HTTP_WORKERS("");
        /// Largest request body, bytes.
        max_body_bytes: Count = MAX_BODY_BYTES("1048576");
        /// Requests per minute one account or address may make before it is told to slow down.
        rate_limit_per_minute: Count = RATE_LIMIT_PER_MINUTE("6000");
        /// How long requests in flight may take to finish when the server is told to stop.
        drain: Seconds = DRAIN_SECONDS("20");
        /// Bearer token that `/metrics` asks for; absent: open to whoever reaches the port.
        metrics_token: Option<SecretString> = METRICS_TOKEN("");
    }
    /// Where documents are kept.
    store: Store {
        /// Which engine keeps the documents.
        kind: StoreKind = STORE("sqlite");
        /// Connection string of MongoDB, with the database in its path.
        mongo_uri: SecretString = MONGO_URI("mongodb://127.0.0.1:27017/watchkeeper");
    }
    /// Where metrics come from.
    prometheus: Prometheus {
        /// Who scrapes: `prometheus`, or `builtin`: this server itself, for a single machine. `auto`: Prometheus when PROM_URL is set.
        source: MetricsFrom = METRICS_SOURCE("auto");
        /// Address of Prometheus's API; absent with `METRICS_SOURCE=prometheus`: http://127.0.0.1:9090.
        url: Option<HttpUrl> = PROM_URL("");
        /// Directory the targets are published to for file discovery.
        targets_dir: PathBuf = TARGETS_DIR("prometheus/targets");
        /// Whether targets and receivers may be on loopback and private addresses. Absent: yes, but not in production.
        allow_private_targets: Option<bool> = ALLOW_PRIVATE_TARGETS("");
        /// Targets one account may have.
        max_targets: Count = MAX_TARGETS("500");
        /// Token Prometheus presents to `/api/v1/sd/targets`; generated when absent.
        sd_token: Option<SecretString> = SD_TOKEN("");
    }
    /// When tenants are looked at.
    scheduler: Scheduler {
        /// Whether this server runs batches by itself.
        enabled: bool = SCHEDULER_ENABLED("true");
        /// Minutes between two batches of a tenant; fractions too.
        interval: Minutes = BATCH_INTERVAL_MINUTES("1");
        /// Batches this server runs at the same time.
        concurrency: Count = BATCH_CONCURRENCY("8");
        /// Days that batches, anomalies, root causes and model calls are kept.
        retention: Days = RETENTION_DAYS("30");
    }
    /// Who puts findings into words.
    llm: Llm {
        /// The provider that is asked first.
        provider: Provider = LLM_PROVIDER("builtin");
        /// Providers asked in this order when the first fails, separated by commas; `builtin` always ends the chain.
        fallback: List<Provider> = LLM_FALLBACK("");
        /// Address of Ollama.
        url: HttpUrl = LLM_URL("http://127.0.0.1:11434");
        /// Model that Ollama runs.
        model: String = LLM_MODEL("llama3.1");
        /// Deadline of one model call.
        timeout: Seconds = LLM_TIMEOUT_SECONDS("60");
        /// Tokens a prompt may have.
        prompt_tokens: Count = LLM_PROMPT_TOKENS("6000");
        /// Key for the OpenAI-compatible provider.
        openai_api_key: Option<SecretString> = OPENAI_API_KEY("");
        /// Model of the OpenAI-compatible provider.
        openai_model: String = OPENAI_MODEL("gpt-4o-mini");
        /// Address of the OpenAI-compatible provider.
        openai_base_url: HttpUrl = OPENAI_BASE_URL("https://api.openai.com/v1");
        /// Key for OpenRouter.
        openrouter_api_key: Option<SecretString> = OPENROUTER_API_KEY("");
        /// Model at OpenRouter.
        openrouter_model_id: String = OPENROUTER_MODEL_ID("openai/gpt-4o-mini");
        /// Address of OpenRouter.
        openrouter_base_url: HttpUrl = OPENROUTER_BASE_URL("https://openrouter.ai/api/v1");
    }
    /// The mail server used for tenants who bring none of their own.
    smtp: Smtp {
        /// Host of the mail server; absent: no server-wide mail.
        host: Option<String> = SMTP_HOST("");
        /// Port of the mail server.
        port: u16 = SMTP_PORT("587");
        /// User to sign in as.
        user: Option<String> = SMTP_USER("");
        /// Password to sign in with.
        password: Option<SecretString> = SMTP_PASSWORD("");
        /// Sender of our mail.
        from: Option<String> = SMTP_FROM("");
        /// How the connection is secured.
        tls: SmtpTls = SMTP_TLS("starttls");
        /// PEM file of a private authority that mail servers may be certified by, beside the system's.
        ca_file: Option<PathBuf> = SMTP_CA_FILE("");
    }
    /// Traces of model calls.
    langfuse: Langfuse {
        /// Public key; traces are sent when both keys are set.
        public_key: Option<String> = LANGFUSE_PUBLIC_KEY("");
        /// Secret key.
        secret_key: Option<SecretString> = LANGFUSE_SECRET_KEY("");
        /// Address of Langfuse.
        host: HttpUrl = LANGFUSE_HOST("https://cloud.langfuse.com");
    }
    /// Signing in.
    security: Security {
        /// Secret that access tokens are signed with, at least 32 characters; generated when absent.
        jwt_secret_key: Option<SecretString> = JWT_SECRET_KEY("");
        /// Minutes an access token lives.
        jwt_expire: Minutes = JWT_EXPIRE_MINUTES("15");
        /// Days a session lives without being used.
        session: Days = SESSION_DAYS("30");
        /// Key (any text of at least 32 characters) that stored receiver secrets are sealed with; generated when absent.
        sealing_key: Option<SecretString> = SEALING_KEY("");
        /// Passwords hashed at the same time; more wait, and beyond that are refused with 503.
        hash_concurrency: Count = PASSWORD_HASH_CONCURRENCY("2");
        /// Sign-in attempts per minute from one address; an account gets a third of it.
        login_rate: Count = LOGIN_RATE_PER_MINUTE("30");
        /// Whether anyone who reaches the server may register.
        registration: bool = REGISTRATION_ENABLED("true");
    }
}
