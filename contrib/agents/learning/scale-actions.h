/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef AGENTS_SCALE_ACTIONS_H
#define AGENTS_SCALE_ACTIONS_H

#include <ATen/ATen.h>

namespace agents
{

/**
 * Scale actions about their middle: networks learn slowly from an input that hardly varies, as
 * actions in [0, 1] do once a policy has settled.
 * @param actions in [0, 1]
 * @param scale actionScale
 * @return them as critics and models see them: about 0, scale wide
 */
inline at::Tensor
ScaleActions(const at::Tensor& actions, double scale)
{
    return (actions - 0.5) * scale;
}

} // namespace agents

#endif // AGENTS_SCALE_ACTIONS_H
