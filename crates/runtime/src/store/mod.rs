//! Where a ledger is kept: a folder, or storage that speaks S3. Numbered objects that are written once and never again.

mod http;

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutPayload, RetryConfig};
use tokio::runtime::Runtime;

use crate::trouble::Trouble;

/// How many objects are read at once.
const AT_ONCE: usize = 32;

/// How long storage that does not answer is asked again.
const PATIENCE: Duration = Duration::from_secs(30);

/// The folder of the records.
const FOLDER: &str = "records";

/// A place that keeps numbered objects.
#[derive(Debug)]
pub(crate) struct Store {
    objects: Arc<dyn ObjectStore>,
    runtime: Runtime,
    /// What it is called in messages.
    name: String,
}

impl Store {
    /// Opens a place by its name: a folder, `file://…`, or `s3://bucket/prefix`, whose region and keys the usual AWS variables say.
    pub fn open(destination: &str) -> Result<Self, Trouble> {
        let trouble = |why: &dyn std::fmt::Display| {
            Trouble::new(format!("the ledger `{destination}` cannot be opened: {why}"))
        };
        let objects: Arc<dyn ObjectStore> = match destination.split_once("://") {
            Some(("s3", rest)) => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(trouble(&"it names no bucket").help("write `s3://bucket/prefix`"));
                }
                let s3 = AmazonS3Builder::from_env()
                    .with_bucket_name(bucket)
                    .with_http_connector(http::Connector)
                    .with_retry(RetryConfig {
                        max_retries: 4,
                        retry_timeout: PATIENCE,
                        ..RetryConfig::default()
                    })
                    .build()
                    .map_err(|error| trouble(&error))?;
                Arc::new(PrefixStore::new(s3, Path::parse(prefix).map_err(|error| trouble(&error))?))
            }
            Some(("file", path)) => local(path).map_err(|error| trouble(&error))?,
            Some((scheme, _)) => {
                return Err(trouble(&format!("nothing here keeps records in `{scheme}://`"))
                    .help("a ledger is a folder, `file:///…`, or `s3://bucket/prefix`"));
            }
            None if destination.is_empty() => {
                return Err(Trouble::new("the ledger has no name")
                    .help("`--ledger` takes a folder or `s3://bucket/prefix`"));
            }
            None => local(destination).map_err(|error| trouble(&error))?,
        };
        // Files are read and written on threads of their own; the clock is for retries.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|error| trouble(&error))?;
        Ok(Self { objects, runtime, name: destination.to_owned() })
    }

    fn unreachable(&self, error: &object_store::Error) -> Trouble {
        Trouble::new(format!("the ledger `{}` cannot be reached: {error}", self.name))
    }

    /// The names of what is kept, sorted.
    pub fn names(&self) -> Result<Vec<String>, Trouble> {
        let folder = Path::from(FOLDER);
        let listed = self.objects.list(Some(&folder)).try_collect::<Vec<_>>();
        let listed = self.runtime.block_on(listed).map_err(|error| self.unreachable(&error))?;
        let mut names: Vec<String> =
            listed.iter().filter_map(|meta| meta.location.filename()).map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    /// The bytes of objects, in the order of their names.
    pub fn read(&self, names: &[String]) -> Result<Vec<Vec<u8>>, Trouble> {
        let one = |name: &String| {
            let (objects, path) = (Arc::clone(&self.objects), Path::from_iter([FOLDER, name]));
            async move { objects.get(&path).await?.bytes().await.map(|bytes| bytes.to_vec()) }
        };
        let all = stream::iter(names).map(one).buffered(AT_ONCE).try_collect::<Vec<_>>();
        self.runtime.block_on(all).map_err(|error| self.unreachable(&error))
    }

    /// Keeps an object under a name that nothing has yet. `false` where something has it: then nothing was written.
    pub fn create(&self, name: &str, bytes: Vec<u8>) -> Result<bool, Trouble> {
        let path = Path::from_iter([FOLDER, name]);
        let put = self.objects.put_opts(&path, PutPayload::from(bytes), PutMode::Create.into());
        match self.runtime.block_on(put) {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(false)
            }
            Err(error) => Err(self.unreachable(&error)),
        }
    }
}

fn local(path: &str) -> Result<Arc<dyn ObjectStore>, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(path)?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true)))
}
