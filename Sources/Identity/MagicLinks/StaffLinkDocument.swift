import JSON
import OAuth

extension StaffLinks.Made {
    /// As JSON, for whoever made it: the same names in the administration API and in what the command prints.
    package func document(issuer: String) -> JSONObject {
        [
            "magic_url": .string(issuer + path), "expires_at": PersonDocument.time(expiresAt), "link_id": .string(id),
        ]
    }
}
