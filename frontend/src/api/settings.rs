//! Analysis settings and model providers.

use watchkeeper_common::analysis::ProviderView;
use watchkeeper_common::page::Page;
use watchkeeper_common::settings::{AnalysisSettings, RetentionSettings};

use super::wire::Method;
use super::{Answer, Session};

impl Session {
    pub(crate) fn analysis_settings(&self) -> Answer<AnalysisSettings> {
        self.get("/settings/analysis")
    }

    pub(crate) fn save_analysis_settings(&self, settings: &AnalysisSettings) -> Answer<AnalysisSettings> {
        self.write(Method::Put, "/settings/analysis", settings)
    }

    pub(crate) fn retention(&self) -> Answer<RetentionSettings> {
        self.get("/settings/retention")
    }

    pub(crate) fn save_retention(&self, settings: &RetentionSettings) -> Answer<RetentionSettings> {
        self.write(Method::Put, "/settings/retention", settings)
    }

    pub(crate) fn providers(&self) -> Answer<Page<ProviderView>> {
        self.get("/llm/providers")
    }
}
