//! Analysis settings and model providers.

use watchkeeper_common::analysis::ProviderView;
use watchkeeper_common::page::Page;
use watchkeeper_common::settings::{AnalysisSettings, RetentionSettings};

use super::wire::Method;
use super::{Fault, Session};

impl Session {
    pub(crate) async fn analysis_settings(&self) -> Result<AnalysisSettings, Fault> {
        self.get("/settings/analysis").await
    }

    pub(crate) async fn save_analysis_settings(&self, settings: &AnalysisSettings) -> Result<AnalysisSettings, Fault> {
        self.write(Method::Put, "/settings/analysis", settings).await
    }

    pub(crate) async fn retention(&self) -> Result<RetentionSettings, Fault> {
        self.get("/settings/retention").await
    }

    pub(crate) async fn save_retention(&self, settings: &RetentionSettings) -> Result<RetentionSettings, Fault> {
        self.write(Method::Put, "/settings/retention", settings).await
    }

    pub(crate) async fn providers(&self) -> Result<Page<ProviderView>, Fault> {
        self.get("/llm/providers").await
    }
}
