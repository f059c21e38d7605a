import CQREncode

/// A QR code (ISO/IEC 18004) as a square of dark and light modules, with error correction level M.
package struct QRCode: Sendable, Equatable {
    /// Modules in a row, without the quiet zone.
    package let size: Int
    /// Row by row; `true` is dark.
    package let modules: [Bool]

    /// `nil` for what is too long for one, or has a zero in it.
    package init?(_ text: String) {
        guard !text.utf8.contains(0), let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            return nil
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard width > 0, let data = code.pointee.data else { return nil }
        size = width
        modules = UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 }
    }
}
