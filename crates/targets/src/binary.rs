//! How a job gets the `clearway` binary.

use crate::settings::Binary;

/// What it is about, and the script that puts it into `${folder}`: pinned by a digest, or from the reviewed revision.
pub(crate) fn get(binary: &Binary) -> (Vec<(&'static str, String)>, &'static str) {
    match binary {
        Binary::Download { version, url, sha256 } => (
            vec![("VERSION", version.clone()), ("URL", url.clone()), ("SHA256", sha256.clone())],
            "curl --fail --silent --show-error --location --proto '=https' --retry 3 --output \"${folder}/clearway\" \"${URL}\"\n\
             echo \"${SHA256}  ${folder}/clearway\" | sha256sum --check --strict --quiet\n",
        ),
        Binary::Image(image) => (
            vec![("IMAGE", image.clone())],
            "container=\"$(docker create \"${IMAGE}\")\"\n\
             docker cp \"${container}:/usr/local/bin/clearway\" \"${folder}/clearway\"\n\
             docker rm \"${container}\" > /dev/null\n",
        ),
        Binary::Path(path) => {
            (vec![("BINARY", path.clone())], "cp -- \"${BINARY}\" \"${folder}/clearway\"\n")
        }
    }
}
