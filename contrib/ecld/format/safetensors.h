/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SAFETENSORS_H
#define ECLD_SAFETENSORS_H

#include "data-type.h"
#include "mapped-file.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ecld
{

/// @brief A tensor that lies in someone else's memory, row-major, little-endian.
struct TensorView
{
    std::string name;               ///< name in the checkpoint
    DataType type{DataType::F32};   ///< element type
    std::vector<int64_t> shape;     ///< extents, outermost first; empty for a scalar
    const std::byte* data{nullptr}; ///< first byte; old files may have it unaligned
    std::size_t sizeBytes{0};       ///< bytes, the product of shape and element size

    /// @return number of elements
    int64_t GetCount() const;
};

/// @brief What a safetensors file holds.
struct SafetensorsContent
{
    std::vector<TensorView> tensors;             ///< in the order of their data
    std::map<std::string, std::string> metadata; ///< `__metadata__`
    std::map<std::string, std::string> others;   ///< tensors of types that we lack, name to type
};

/**
 * @brief Read and check a safetensors file (github.com/huggingface/safetensors).
 *
 * u64 length of the header (at most 100 MB), JSON, data. The tensors must cover the data from its
 * first byte to its last, without holes and overlaps, and each must be as long as its shape and
 * type say. A tensor of a type that we lack takes its place, and who wants it is refused.
 *
 * @param data the file's bytes
 * @param sizeBytes how many
 * @param file what messages call the file
 * @return tensors that point into `data`
 * @throws std::runtime_error one line naming file, and tensor where it is about one
 */
SafetensorsContent ParseSafetensors(const std::byte* data,
                                    std::size_t sizeBytes,
                                    const std::string& file);

/// @brief One safetensors file, mapped into memory.
class SafetensorsFile
{
  public:
    /**
     * @param path the file
     * @throws std::runtime_error one line naming file and tensor
     */
    explicit SafetensorsFile(const std::string& path);

    /// @return the file's path
    const std::string& GetPath() const;

    /// @return tensors of types that we have, in the order of their data; they point into the
    /// mapping
    const std::vector<TensorView>& GetTensors() const;

    /// @return tensors of types that we lack, name to type
    const std::map<std::string, std::string>& GetOthers() const;

    /// @return `__metadata__`
    const std::map<std::string, std::string>& GetMetadata() const;

    /// @param name a tensor @return whether the file has it
    bool Has(const std::string& name) const;

    /// @param name a tensor @return the tensor @throws std::runtime_error naming file and tensor,
    /// where there is none or one of a type that we lack
    const TensorView& Get(const std::string& name) const;

    /// Give a tensor's pages back, see MappedFile::Release. @param name a tensor of the file
    void Release(const std::string& name) const;

  private:
    MappedFile m_file;                            //!< the mapping
    SafetensorsContent m_content;                 //!< what it holds
    std::map<std::string, std::size_t> m_indices; //!< name to place in m_tensors
};

} // namespace ecld

#endif // ECLD_SAFETENSORS_H
