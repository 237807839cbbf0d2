/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_LAYERWISE_FOLDER_H
#define ECLD_LAYERWISE_FOLDER_H

#include <cstdint>
#include <string>

namespace ecld
{

/**
 * @brief Names of the files that passes over one layer at a time keep, so that a run that was
 * killed goes on at the layer where it was.
 */
class LayerwiseFolder
{
  public:
    /// @param path the folder, of one compression alone
    explicit LayerwiseFolder(std::string path);

    /// @return the folder
    const std::string& GetPath() const;

    /// @param layer from 0 to the number of layers @return file of the full model's hidden states
    /// before this layer
    std::string GetFullStates(int64_t layer) const;

    /// @param layer from 0 @return file of the full model's sums of activations
    std::string GetLayerSums(int64_t layer) const;

    /// @param layer from 0 to the number of kept layers @return file of the compressed model's
    /// hidden states before this layer
    std::string GetSmallStates(int64_t layer) const;

    /// @param layer from 0 to the number of kept layers @return file of the hidden states before
    /// this layer in the full model without the layers that are gone
    std::string GetWantedStates(int64_t layer) const;

    /// @param part such as "embedding" or "layer-3" @return file of its tensors as they are stored
    std::string GetBlocks(const std::string& part) const;

  private:
    std::string m_path; //!< the folder
};

} // namespace ecld

#endif // ECLD_LAYERWISE_FOLDER_H
