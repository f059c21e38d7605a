extension PictureFile {
    /// Reads bytes of anybody's making. What is kept is put together anew from the parts that make up the picture:
    /// places, cameras, comments, previews and whatever lies behind the end stay behind.
    package init(reading bytes: [UInt8]) throws(Fault) {
        guard !bytes.isEmpty else { throw .missing }
        guard bytes.count <= Self.most else { throw .tooLarge }
        let format: Format
        let plain: PlainPicture
        if bytes.starts(with: PNGReader.signature) {
            (format, plain) = (.png, try PNGReader.read(bytes))
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            (format, plain) = (.jpeg, try JPEGReader.read(bytes))
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            (format, plain) = (.webp, try WebPReader.read(bytes))
        } else {
            throw .otherFormat
        }
        guard Self.permittedSides.contains(plain.width), Self.permittedSides.contains(plain.height) else {
            throw .sides
        }
        self.init(format: format, width: plain.width, height: plain.height, bytes: plain.bytes)
    }
}
