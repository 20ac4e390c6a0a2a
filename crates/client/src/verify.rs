//! Looking at everything that is stored.

use anchorhold_wire::verify::{Verify, VerifyPage};

use crate::transport::Call;
use crate::{Error, OperatorClient};

impl OperatorClient {
    /// Looks at one part; go on with `next` until there is none.
    pub fn verify(&self, request: &Verify) -> Result<VerifyPage, Error> {
        self.transport
            .send(Call::new("POST", "/v1/verify").json(request)?)
    }
}
