//! A home under faults, with its server and its one client.

use anchorhold_evidence::Proof;

use super::client::Client;
use super::injection::{Fault, Hits, Injection};
use crate::crash::audit;
use crate::process::{Home, Keys, Server};

/// One thread works on requests, so that the n-th call of a thread is the n-th call.
const ONE_WORKER: [&str; 2] = ["--workers", "1"];

pub(crate) struct House {
    pub(crate) home: Home,
    pub(crate) server: Server,
    pub(crate) client: Client,
    keys: Keys,
}

impl House {
    /// A home with some memories in it.
    pub(crate) fn new(home: Home) -> Self {
        let server = home.start_with("error", &ONE_WORKER);
        let keys = home.keys();
        let mut client = Client::new(&server, &keys.application);
        for _ in 0..4 {
            assert_eq!(
                client.cycle(),
                0,
                "nothing is refused before there is a fault"
            );
        }
        Self {
            home,
            server,
            client,
            keys,
        }
    }

    /// Writes and reads under a fault; when it is over, everything goes on without a restart.
    pub(crate) fn suffer(&mut self, fault: &Fault<'_>, cycles: u32) -> Hits {
        let injection = Injection::begin(&self.home, &self.server, fault);
        for _ in 0..cycles {
            self.client.cycle();
        }
        let hits = injection.end();
        assert!(
            hits.believed.is_empty(),
            "a file was synced again through the handle on which a sync had failed: {:?}",
            hits.believed
        );
        self.client.recover();
        hits
    }

    /// Kills the server, starts another one, and looks at all that was acknowledged.
    pub(crate) fn restart(self) -> Self {
        let Self {
            home,
            server,
            mut client,
            keys,
        } = self;
        server.kill();
        let server = home.start_with("error", &ONE_WORKER);
        client.move_to(&server);
        client.recover();
        Self {
            home,
            server,
            client,
            keys,
        }
    }

    /// Counts what happened; looks once more at everything, after a kill and by the library.
    pub(crate) fn end(self, proof: &mut Proof) {
        self.end_after(proof, || ());
    }

    /// The same, with something done to the files before the library reads them.
    pub(crate) fn end_after(self, proof: &mut Proof, meanwhile: impl FnOnce()) {
        let house = self.restart();
        proof.count("acknowledged writes", house.client.writes());
        for (code, count) in &house.client.refused {
            proof.count(&format!("refused with {code}"), *count);
        }
        proof.count("refused as unknown and there", house.client.present);
        for violation in [
            "acknowledged writes lost",
            "writes there by half",
            "reads refused",
        ] {
            // Each would have failed the test.
            proof.violation(violation, 0);
        }
        house.server.kill();
        meanwhile();
        audit::check(
            &house.home,
            &house.keys.operator,
            house.client.acknowledged(),
        );
        eprintln!("{}: {:?}", proof.name, proof.counts);
        proof.write().unwrap();
    }
}
