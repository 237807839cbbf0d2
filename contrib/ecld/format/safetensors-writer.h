/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SAFETENSORS_WRITER_H
#define ECLD_SAFETENSORS_WRITER_H

#include "data-type.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief Writes `model.safetensors`, or shards and their index, without holding the tensors.
 *
 * Declare all tensors, then write the data of each in that order, in parts of any size, then
 * Commit. No file is in its place before Commit; the index is renamed last.
 */
class SafetensorsWriter
{
  public:
    /// @brief How the files are cut.
    struct Settings
    {
        /// Most bytes of tensors in one file, > 0; a larger tensor gets a file of its own. Default:
        /// 5 GB, what Hugging Face writes.
        uint64_t maxShardBytes{5000000000};
        /// `__metadata__` of every file; {"format": "pt"} is what transformers asks for.
        std::map<std::string, std::string> metadata{{"format", "pt"}};
    };

    /**
     * @param folder where the files will be; it is made if need be
     * @param settings how the files are cut
     */
    explicit SafetensorsWriter(const std::string& folder);
    SafetensorsWriter(const std::string& folder, const Settings& settings);
    ~SafetensorsWriter();

    SafetensorsWriter(const SafetensorsWriter&) = delete;
    SafetensorsWriter& operator=(const SafetensorsWriter&) = delete;

    /**
     * Declare a tensor, before the first Write.
     * @param name not yet declared
     * @param type element type
     * @param shape extents, outermost first
     * @throws std::invalid_argument naming the tensor: declared twice, negative extent, too late
     */
    void Declare(const std::string& name, DataType type, const std::vector<int64_t>& shape);

    /**
     * Append data to a tensor.
     * @param name the declared tensor whose turn it is
     * @param data little-endian bytes
     * @param sizeBytes how many, not more than are missing
     * @throws std::invalid_argument naming the tensor: not its turn, or too many bytes
     * @throws std::runtime_error naming the file that cannot be written
     */
    void Write(const std::string& name, const void* data, std::size_t sizeBytes);

    /**
     * Convert floats to the declared type and append them.
     * @param name the declared tensor whose turn it is, of type F64, F32, F16 or BF16
     * @param values the floats, finite
     * @param count how many
     * @throws std::runtime_error naming file and tensor: a value that the type cannot hold as a
     * finite number, or a file that cannot be written
     */
    void WriteFloats(const std::string& name, const float* values, std::size_t count);

    /**
     * Put all files in their place. Files of an earlier checkpoint in the folder that ours do not
     * overwrite (other shards, an index) are removed, because a reader would mix the two.
     * @throws std::invalid_argument naming a tensor whose data are missing
     * @throws std::runtime_error naming the file that cannot be written
     */
    void Commit();

  private:
    struct Impl;                  //!< files and turns
    std::unique_ptr<Impl> m_impl; //!< the state
};

} // namespace ecld

#endif // ECLD_SAFETENSORS_WRITER_H
