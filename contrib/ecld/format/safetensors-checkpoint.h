/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_SAFETENSORS_CHECKPOINT_H
#define ECLD_SAFETENSORS_CHECKPOINT_H

#include "safetensors.h"

#include <map>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief The tensors of a Hugging Face checkpoint: a folder with `model.safetensors`, or with
 * `model.safetensors.index.json` and the shards that it names.
 */
class SafetensorsCheckpoint
{
  public:
    /**
     * @param path the folder, or one .safetensors file
     * @throws std::runtime_error one line naming file and tensor, such as where a shard lacks a
     * tensor that the index promises
     */
    explicit SafetensorsCheckpoint(const std::string& path);

    /// @return all names, sorted
    std::vector<std::string> GetNames() const;

    /// @param name a tensor @return whether the checkpoint has it
    bool Has(const std::string& name) const;

    /**
     * @param name a tensor
     * @return the tensor; it points into the mapping and lives as long as the checkpoint
     * @throws std::runtime_error naming checkpoint and tensor
     */
    const TensorView& Get(const std::string& name) const;

    /**
     * Get a tensor that must have a shape and hold floating-point numbers (F64, F32, F16 or BF16).
     * @param name a tensor
     * @param shape the shape that it must have
     * @return the tensor
     * @throws std::runtime_error naming file, tensor, what is there and what was expected
     */
    const TensorView& GetFloating(const std::string& name, const std::vector<int64_t>& shape) const;

    /// Give a tensor's pages back, see MappedFile::Release. @param name a tensor of the checkpoint
    void Release(const std::string& name) const;

    /// @return bytes of all tensors, without headers
    std::size_t GetTensorBytes() const;

    /// @param name a tensor @return the file that holds it, for messages
    const std::string& GetFile(const std::string& name) const;

  private:
    /// @param name a tensor @return the shard that holds it @throws std::runtime_error if none does
    const SafetensorsFile& FindShard(const std::string& name) const;

    std::string m_path;                           //!< what messages call the checkpoint
    std::vector<SafetensorsFile> m_shards;        //!< mapped files
    std::map<std::string, std::size_t> m_shardOf; //!< tensor to shard
};

} // namespace ecld

#endif // ECLD_SAFETENSORS_CHECKPOINT_H
