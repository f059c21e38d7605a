import CCurl

/// An address that may be fetched: https anywhere, http on this machine (SO9).
///
/// Taken apart by the parser that will also follow it: two parsers that disagree on where the host ends are how
/// such checks are usually evaded.
struct FetchAddress {
    let text: String
    let scheme: String

    init(_ text: String) throws(FetchFault) {
        guard text.utf8.count <= 8192, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let url = curl_url() else {
            throw .address
        }
        defer { curl_url_cleanup(url) }
        guard curl_url_set(url, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: url), let host = Self.part(CURLUPART_HOST, of: url),
            !host.isEmpty, scheme == "https" || (scheme == "http" && Self.loopback.contains(host))
        else { throw .address }
        self.text = text
        self.scheme = scheme
    }

    static let loopback = ["127.0.0.1", "[::1]", "localhost"]

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
