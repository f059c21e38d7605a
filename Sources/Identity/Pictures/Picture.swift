import OAuth

/// A picture that a person has put on their account, as it is served: checked, and without what cameras write into it.
package struct Picture: Sendable, Equatable {
    /// Names the content: another picture, another id.
    package let id: String
    package let accountID: String
    package let file: PictureFile
    package let createdAt: Instant

    package init(id: String, accountID: String, file: PictureFile, createdAt: Instant) {
        self.id = id
        self.accountID = accountID
        self.file = file
        self.createdAt = createdAt
    }

    /// Where it is served, below the issuer; what the profile keeps.
    package var path: String { Self.folder + id }
    package static let folder = "/pictures/"
}

/// A picture by its content: whatever its name or its sender says it is counts for nothing (B039).
package struct PictureFile: Sendable, Equatable {
    package enum Format: String, Sendable, CaseIterable {
        case png
        case jpeg
        case webp

        package var contentType: String { "image/\(rawValue)" }
    }

    package let format: Format
    package let width: Int
    package let height: Int
    package let bytes: [UInt8]

    /// Of width and height, in pixels: what is smaller shows nothing, what is larger fills memories.
    package static let permittedSides = 16...4096
    /// 1 MiB.
    package static let most = 1_048_576

    /// As it was stored: checked then.
    package init(format: Format, width: Int, height: Int, bytes: [UInt8]) {
        self.format = format
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    /// Why bytes are no picture that is taken.
    package enum Fault: Error, Sendable, Equatable {
        case missing
        case tooLarge
        /// Not one of the three formats, whatever it is called: SVG and HTML among them.
        case otherFormat
        /// Of one of the formats, and not as that format should be.
        case damaged
        case sides
        case animated
    }
}

/// What a reader of one format found.
struct PlainPicture {
    let width: Int
    let height: Int
    let bytes: [UInt8]
}
