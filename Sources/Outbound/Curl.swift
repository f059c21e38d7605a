import CCurl

/// libcurl as a whole.
enum Curl {
    /// Started once, by whoever needs it first; `false` when it cannot be.
    static let isReady = curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK
}
