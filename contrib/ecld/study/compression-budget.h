/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_COMPRESSION_BUDGET_H
#define ECLD_COMPRESSION_BUDGET_H

#include "checkpoint-compression.h"
#include "compress/deployment.h"
#include "compress/pruned-shape.h"
#include "format/companion-files.h"
#include "format/model-config.h"
#include "format/tokenizer.h"
#include "measure/device-model.h"

#include <cstdint>

namespace ecld
{

/// @brief How large the file of a model may become, and which shapes fit into it.
class CompressionBudget
{
  public:
    /**
     * @param settings size and type that were asked for
     * @param device that they are for
     * @param config of the full model
     * @param tokenizer of the model
     * @param companions templates that the file keeps
     */
    CompressionBudget(const CheckpointSettings& settings,
                      const DeviceModel& device,
                      const ModelConfig& config,
                      const Tokenizer& tokenizer,
                      const CompanionFiles& companions);

    /// @return how tensors are stored
    const DeploymentTypes& GetTypes() const;
    /// @return whether the model has to be pruned to fit
    bool NeedsPruning() const;
    /// @return largest file, bytes
    int64_t GetFileBytes() const;
    /// @return most bytes of all tensors
    int64_t GetTensorBytes() const;
    /// @param config of a model @return bytes of all its tensors
    int64_t CountBytes(const ModelConfig& config) const;
    /// @return which shapes may be chosen
    PruningLimits GetLimits() const;

    /// @throws std::invalid_argument naming a size that no shape fits, and the smallest one
    void RequireShape() const;

  private:
    CheckpointSettings m_settings; //!< size and type that were asked for
    ModelConfig m_config;          //!< of the full model
    DeploymentTypes m_types;       //!< how tensors are stored
    double m_fileBytes;            //!< largest file
    int64_t m_metadataBytes;       //!< of the file without tensors, a bit too many
};

} // namespace ecld

#endif // ECLD_COMPRESSION_BUDGET_H
