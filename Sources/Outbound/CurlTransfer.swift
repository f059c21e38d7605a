import CCurl
import CCurlShims
import OAuth

/// One request on its way. It lives on the thread of `CurlLoop` alone, and libcurl points to it until it ends.
final class CurlTransfer {
    typealias Outcome = Result<OutboundResponse, FetchFault>

    let handle: UnsafeMutableRawPointer
    let finish: @Sendable (Outcome) -> Void
    private let maximumBytes: Int
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var headerBytes = 0
    private var isTooLarge = false

    init(
        _ request: OutboundRequest, limits: FetchLimits, finish: @escaping @Sendable (Outcome) -> Void
    ) throws(FetchFault) {
        let address = try FetchAddress(request.url)
        guard Self.isWritable(request) else { throw .malformedRequest }
        guard let handle = curl_easy_init() else { throw .unreachable("out of memory") }
        self.handle = handle
        self.finish = finish
        maximumBytes = limits.bytes
        guard set(limits, address) && set(request) else { throw .unreachable("libcurl refuses an option") }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
    }

    /// A line break would begin another header.
    private static func isWritable(_ request: OutboundRequest) -> Bool {
        let isName = { (text: String) in
            !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3A && $0 != 0x3B }
        }
        return request.method.utf8.allSatisfy { (0x41...0x5A).contains($0) } && !request.method.isEmpty
            && request.headers.allSatisfy { header in
                isName(header.name) && header.value.utf8.allSatisfy { $0 == 0x09 || (0x20...0x7E).contains($0) }
            }
    }

    private func set(_ limits: FetchLimits, _ address: FetchAddress) -> Bool {
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            (CURLOPT_TIMEOUT_MS, limits.milliseconds), (CURLOPT_MAXFILESIZE, limits.bytes), (CURLOPT_NETRC, 0),
        ]
        let texts: [(CURLoption, String)] =
            [
                (CURLOPT_URL, address.text), (CURLOPT_PROTOCOLS_STR, address.scheme),
                (CURLOPT_NOPROXY, "localhost,127.0.0.1,::1"), (CURLOPT_USERAGENT, "Martlet"),
            ] + (limits.authorities.map { [(CURLOPT_CAINFO, $0)] } ?? [])
        return numbers.allSatisfy { martlet_curl_set_long(handle, $0.0, $0.1) == CURLE_OK }
            && texts.allSatisfy { martlet_curl_set_text(handle, $0.0, $0.1) == CURLE_OK }
    }

    private func set(_ request: OutboundRequest) -> Bool {
        // Without an empty `Expect` libcurl waits a second before it sends a larger body.
        for line in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
            guard let longer = curl_slist_append(headers, line) else { return false }
            headers = longer
        }
        let me = Unmanaged.passUnretained(self).toOpaque()
        guard martlet_curl_set_list(handle, CURLOPT_HTTPHEADER, headers) == CURLE_OK,
            martlet_curl_set_pointer(handle, CURLOPT_PRIVATE, me) == CURLE_OK,
            martlet_curl_set_writer(handle, Self.writer, me) == CURLE_OK,
            martlet_curl_set_header_reader(handle, Self.headerReader, me) == CURLE_OK
        else { return false }
        if request.method == "HEAD" { return martlet_curl_set_long(handle, CURLOPT_NOBODY, 1) == CURLE_OK }
        if request.method != "GET" || request.body != nil {
            let body = request.body ?? []
            // What dies on a connection that was kept, libcurl sends again by itself. A code is good once: never twice.
            guard martlet_curl_set_body(handle, body, curl_off_t(body.count)) == CURLE_OK,
                martlet_curl_set_long(handle, CURLOPT_FRESH_CONNECT, 1) == CURLE_OK
            else { return false }
        }
        return martlet_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method) == CURLE_OK
    }

    private static let writer: curl_write_callback = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return transfer.take(chunk) ? chunk.count : 0
    }

    /// libcurl keeps every header it reads, and before 8.3 without end.
    private static let headerReader: curl_write_callback = { _, size, count, context in
        guard let context else { return 0 }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        transfer.headerBytes += size * count
        transfer.isTooLarge = transfer.headerBytes > 65_536
        return transfer.isTooLarge ? 0 : size * count
    }

    /// Whether there is still room: to take less than what came ends a transfer.
    private func take(_ chunk: UnsafeRawBufferPointer) -> Bool {
        guard body.count + chunk.count <= maximumBytes else {
            isTooLarge = true
            return false
        }
        body += chunk
        return true
    }

    func end(with code: CURLcode) {
        finish(outcome(code))
    }

    private func outcome(_ code: CURLcode) -> Outcome {
        switch code {
        case CURLE_OK:
            var status = 0
            var type: UnsafePointer<CChar>?
            martlet_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
            martlet_curl_get_text(handle, CURLINFO_CONTENT_TYPE, &type)
            let contentType = type.map { String(cString: $0) }
            return .success(OutboundResponse(status: status, contentType: contentType, body: body))
        case CURLE_OPERATION_TIMEDOUT:
            return .failure(.timedOut)
        case _ where isTooLarge, CURLE_FILESIZE_EXCEEDED:
            return .failure(.tooLarge)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE:
            return .failure(.notSecure(String(cString: curl_easy_strerror(code))))
        default:
            return .failure(.unreachable(String(cString: curl_easy_strerror(code))))
        }
    }
}
