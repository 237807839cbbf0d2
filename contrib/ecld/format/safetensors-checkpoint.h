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
 *
 * A shard is opened when the first of its tensors is asked for, so that one that nothing needs may
 * be missing. Before that a checkpoint is for one thread.
 */
class SafetensorsCheckpoint
{
  public:
    /**
     * @param path the folder, or one .safetensors file
     * @throws std::runtime_error one line naming the file
     */
    explicit SafetensorsCheckpoint(const std::string& path);

    /// @return all names, sorted
    std::vector<std::string> GetNames() const;

    /// @param name a tensor @return whether the checkpoint has it
    bool Has(const std::string& name) const;

    /**
     * @param name a tensor
     * @return the tensor; it points into the mapping and lives as long as the checkpoint
     * @throws std::runtime_error naming file and tensor, such as where a shard lacks what the index
     * promises
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

    /// @param name a tensor @return the file that holds it, for messages
    const std::string& GetFile(const std::string& name) const;

  private:
    /// @param name a tensor @return the shard that holds it @throws std::runtime_error if none does
    const SafetensorsFile& FindShard(const std::string& name) const;

    std::string m_path;                                     //!< what messages call the checkpoint
    std::string m_index;                                    //!< the index, empty for a single file
    std::map<std::string, std::string> m_fileOf;            //!< tensor to file
    mutable std::map<std::string, SafetensorsFile> m_files; //!< mapped so far
};

} // namespace ecld

#endif // ECLD_SAFETENSORS_CHECKPOINT_H
