/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GGUF_FILE_H
#define ECLD_GGUF_FILE_H

#include "gguf.h"
#include "mapped-file.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

/// @brief What a GGUF file holds.
struct GgufContent
{
    GgufMetadata metadata;           ///< in the order of the file
    std::vector<GgufTensor> tensors; ///< in the order of the file
};

/**
 * @brief Read and check a GGUF file, version 2 or 3, little-endian (ggml: docs/gguf.md).
 * @param data the file's bytes
 * @param sizeBytes how many
 * @param file what messages call it
 * @return metadata, and tensors that point into `data`, within it and without overlaps
 * @throws std::runtime_error one line naming file, and key or tensor where it is about one
 */
GgufContent ParseGguf(const std::byte* data, std::size_t sizeBytes, const std::string& file);

/// @brief A GGUF file, mapped into memory.
class GgufFile
{
  public:
    /**
     * @param path the file
     * @throws std::runtime_error one line naming file, and key or tensor where it is about one
     */
    explicit GgufFile(const std::string& path);

    /// @return keys and values in the order of the file
    const GgufMetadata& GetMetadata() const;

    /// @param key a key @return its value, null if there is none
    const GgufValue* FindMetadata(const std::string& key) const;

    /// @return tensors in the order of the file; they point into the mapping
    const std::vector<GgufTensor>& GetTensors() const;

    /// @param name a tensor @return whether the file has it
    bool Has(const std::string& name) const;

    /// @param name a tensor @return the tensor @throws std::runtime_error naming file and tensor
    const GgufTensor& Get(const std::string& name) const;

  private:
    MappedFile m_file;                            //!< the mapping
    GgufContent m_content;                        //!< metadata and tensors
    std::map<std::string, std::size_t> m_indices; //!< name to place in the tensors
};

} // namespace ecld

#endif // ECLD_GGUF_FILE_H
