"""The door of training: courses, quizzes, assigning, importing, paths, practice; the matrix, waves and ramps."""
